/** The table of strategies: tag, name and lattice of each. */
@NullMarked
package dev.tidemark.engine.strategy;

import org.jspecify.annotations.NullMarked;
