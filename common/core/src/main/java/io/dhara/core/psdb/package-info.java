/** The PSDB block and CSDB formats: see {@code docs/formats/psdb.md}. */
@NullMarked
package io.dhara.core.psdb;

import org.jspecify.annotations.NullMarked;
