/** What a subscriber is told. */
@NullMarked
package dev.tidemark.event;

import org.jspecify.annotations.NullMarked;
