/** Finds operations that nobody brings in their order, or that nobody has any more. */
@NullMarked
package dev.tidemark.replication.missing;

import org.jspecify.annotations.NullMarked;
