/** The shape all strategies share: a head and cells, and the one join over them. */
@NullMarked
package dev.tidemark.engine.lattice;

import org.jspecify.annotations.NullMarked;
