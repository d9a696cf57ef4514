/** Canonical byte codecs: bounded readers and writers, and the limits every byte is held to. */
@NullMarked
package dev.tidemark.engine.codec;

import org.jspecify.annotations.NullMarked;
