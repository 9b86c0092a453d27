package io.dhara.stores.write.redis;

import io.dhara.core.model.EntityKey;
import io.dhara.stores.write.BlockWrite;
import java.util.List;

/** Groups to merge into the value of one key: one call of the script. */
record KeyMerge(EntityKey key, List<BlockWrite> groups) {}
