/** Anti-entropy between two ends of a session: who asks, who answers, and what they say. */
@NullMarked
package dev.tidemark.replication.repair;

import org.jspecify.annotations.NullMarked;
