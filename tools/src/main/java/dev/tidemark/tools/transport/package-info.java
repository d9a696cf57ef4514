/** How the stores of a run exchange what they know. */
@NullMarked
package dev.tidemark.tools.transport;

import org.jspecify.annotations.NullMarked;
