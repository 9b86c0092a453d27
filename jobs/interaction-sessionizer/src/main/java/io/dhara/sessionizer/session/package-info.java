/** What a session is: where it begins, where it ends, what is late. No Flink, no stores. */
@NullMarked
package io.dhara.sessionizer.session;

import org.jspecify.annotations.NullMarked;
