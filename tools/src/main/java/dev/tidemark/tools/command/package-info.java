/** The subcommands, one class each. */
@NullMarked
package dev.tidemark.tools.command;

import org.jspecify.annotations.NullMarked;
