/** Feature definitions: YAML files, checked and compiled. */
@NullMarked
package io.dhara.realtime.domain.definition;

import org.jspecify.annotations.NullMarked;
