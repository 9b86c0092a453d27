/** What every call passes through: authentication, limits, deadlines, metrics, statuses. */
@NullMarked
package io.dhara.serving.grpc;

import org.jspecify.annotations.NullMarked;
