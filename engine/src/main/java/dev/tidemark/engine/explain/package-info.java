/** Why a key has the value it has: what each operation left, and what became of it. */
@NullMarked
package dev.tidemark.engine.explain;

import org.jspecify.annotations.NullMarked;
