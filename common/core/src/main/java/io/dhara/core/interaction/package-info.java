/** Interactions of users: what one is, how many make a block, which week slot it lives in. */
@NullMarked
package io.dhara.core.interaction;

import org.jspecify.annotations.NullMarked;
