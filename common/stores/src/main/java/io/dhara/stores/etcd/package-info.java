/** Schemas in etcd, in the key layout of BharatMLStack's control plane. */
@NullMarked
package io.dhara.stores.etcd;

import org.jspecify.annotations.NullMarked;
