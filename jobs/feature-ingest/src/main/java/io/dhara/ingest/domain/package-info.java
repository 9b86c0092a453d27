/** What a feature message means: checks, versions, blocks, write times. No Flink, no sockets. */
@NullMarked
package io.dhara.ingest.domain;

import org.jspecify.annotations.NullMarked;
