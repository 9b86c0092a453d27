/** Values every part of Dhara shares: schemas, keys, data types. */
@NullMarked
package io.dhara.core.model;

import org.jspecify.annotations.NullMarked;
