/** The {@code tidemark} command: one class per subcommand. */
@NullMarked
package dev.tidemark.tools;

import org.jspecify.annotations.NullMarked;
