/** Updates and effects in words: as people type them, as scenario files hold them. */
@NullMarked
package dev.tidemark.tools.words;

import org.jspecify.annotations.NullMarked;
