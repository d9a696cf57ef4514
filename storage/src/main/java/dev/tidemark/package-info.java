/** What an application embeds: {@link dev.tidemark.Tidemark} and what it hands out. */
@NullMarked
package dev.tidemark;

import org.jspecify.annotations.NullMarked;
