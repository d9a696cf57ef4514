package dev.tidemark.storage.core;

import dev.tidemark.engine.codec.Bytes;
import java.util.List;

/**
 * What was made anew of a store that must not go on under its id.
 *
 * @param keys of how many keys
 * @param updates by how many updates
 * @param left the first {@value Reissuing#MOST_LEFT} keys that are left to be decided: registers of
 *     which several values would stand beside each other, and large values whose chunks that store
 *     has not
 */
public record ReissueReport(long keys, long updates, List<Bytes> left) {}
