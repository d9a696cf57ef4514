/** The frames of the protocol: their bounds, their bytes, and why a session ends. */
@NullMarked
package dev.tidemark.replication.wire;

import org.jspecify.annotations.NullMarked;
