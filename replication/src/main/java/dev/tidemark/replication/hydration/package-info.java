/** Brings the chunks of large values that came without them. */
@NullMarked
package dev.tidemark.replication.hydration;

import org.jspecify.annotations.NullMarked;
