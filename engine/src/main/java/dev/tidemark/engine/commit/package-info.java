/** The unit of replication: operations that become visible together, with their causal summary. */
@NullMarked
package dev.tidemark.engine.commit;

import org.jspecify.annotations.NullMarked;
