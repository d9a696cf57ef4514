/**
 * Compaction of the log: adjacent sealed segments are folded into one that holds, per key, what
 * their operations come to. Nothing is forgotten by it: the join of the log is the same.
 */
@NullMarked
package dev.tidemark.storage.compaction;

import org.jspecify.annotations.NullMarked;
