/** Types that keep dots under a causal context: or-set, mv-register, ew-flag, or-map. */
@NullMarked
package dev.tidemark.engine.causal;

import org.jspecify.annotations.NullMarked;
