/**
 * The typed handles of a store's keys: one small class per strategy. A handle keeps no state of its
 * own; it turns calls into updates and cells into the user's types, and may be shared by threads.
 *
 * <p>Elements, fields and values are stored as the bytes their {@link
 * dev.tidemark.engine.codec.Codec} gives, and sets, fields and pages are in the order of those
 * bytes. Bytes that a codec does not recognise, which another codec or a peer may have written, are
 * a {@link dev.tidemark.error.MalformedException} of the read that meets them; a handle with {@link
 * dev.tidemark.engine.codec.Codec#bytes()} reads them all the same.
 *
 * <p>Every update returns the log position of its commit, or 0 inside a batch, whose own commit
 * returns it. An update that is refused with {@link IllegalArgumentException} changed nothing.
 */
@NullMarked
package dev.tidemark.type;

import org.jspecify.annotations.NullMarked;
