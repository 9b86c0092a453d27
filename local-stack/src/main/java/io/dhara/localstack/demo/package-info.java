/**
 * The demo: events become feature messages, and what is read back is compared with what was sent.
 */
@NullMarked
package io.dhara.localstack.demo;

import org.jspecify.annotations.NullMarked;
