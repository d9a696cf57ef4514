/** How the command speaks: one printer, one progress line, one shape of failure. */
@NullMarked
package dev.tidemark.tools.output;

import org.jspecify.annotations.NullMarked;
