/** Last-writer-wins: the register, and the versioned cell it shares with the map. */
@NullMarked
package dev.tidemark.engine.register;

import org.jspecify.annotations.NullMarked;
