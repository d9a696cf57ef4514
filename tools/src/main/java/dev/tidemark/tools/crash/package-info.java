/** Kills processes that write, at random and at chosen moments, and checks what they leave. */
@NullMarked
package dev.tidemark.tools.crash;

import org.jspecify.annotations.NullMarked;
