/**
 * A checkpoint of a cluster: a snapshot of every member, each proven to be what the member says,
 * bound together by one hash, and a set of stores made of them again.
 */
@NullMarked
package dev.tidemark.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
