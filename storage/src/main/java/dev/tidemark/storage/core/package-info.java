/**
 * The store itself: how an update flows through log, overlay and state, and how reads see all
 * three.
 */
@NullMarked
package dev.tidemark.storage.core;

import org.jspecify.annotations.NullMarked;
