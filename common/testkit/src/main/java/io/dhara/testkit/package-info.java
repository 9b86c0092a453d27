/** Fakes and clocks that the tests of several modules share. Test scope only. */
@NullMarked
package io.dhara.testkit;

import org.jspecify.annotations.NullMarked;
