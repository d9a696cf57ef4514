/**
 * What refers to large values: the log, the state and the snapshots of a store, so that they can be
 * kept, copied and checked.
 */
@NullMarked
package dev.tidemark.storage.reference;

import org.jspecify.annotations.NullMarked;
