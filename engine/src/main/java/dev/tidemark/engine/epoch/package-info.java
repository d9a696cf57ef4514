/** The epoch-max register: the greatest point written since the newest delete. */
@NullMarked
package dev.tidemark.engine.epoch;

import org.jspecify.annotations.NullMarked;
