package dev.tidemark.engine.operation;

import dev.tidemark.engine.blob.LargeValue;
import dev.tidemark.engine.codec.Bytes;

/**
 * What a caller asks for. An update is prepared once, where it is made, into a delta; only deltas
 * are logged, sent and joined.
 */
public sealed interface Update {
  /** {@code lww-register}, {@code mv-register}: this value. */
  record SetValue(Bytes value) implements Update {}

  /** {@code lww-register}: this value, whose chunks are in the blob store already. */
  record SetLarge(LargeValue value) implements Update {}

  /** {@code epoch-max}: this point; the epoch is unsigned, the count signed. */
  record PutEpoch(long epoch, long count) implements Update {}

  /** Counters: this much more; above 0. */
  record Increment(long amount) implements Update {}

  /** {@code pn-counter}: this much less; above 0. */
  record Decrement(long amount) implements Update {}

  /** Sets: this element is in. */
  record Add(Bytes element) implements Update {}

  /** {@code or-set}: this element is out; maps: this field is out. */
  record Remove(Bytes item) implements Update {}

  /** {@code ew-flag}: true. */
  record Enable() implements Update {}

  /** {@code ew-flag}: false. */
  record Disable() implements Update {}

  /** {@code lww-map}: this field has this value. */
  record PutField(Bytes field, Bytes value) implements Update {}

  /** {@code lww-map}: this field has this value, whose chunks are in the blob store already. */
  record PutLargeField(Bytes field, LargeValue value) implements Update {}

  /** {@code or-map}: this happens to the field's nested value. */
  record UpdateField(Bytes field, Update nested) implements Update {}

  /** {@code journal}: this event happened. */
  record Append(Bytes event) implements Update {}

  /** All but {@code g-set} and {@code journal}: everything that is seen is gone. */
  record Delete() implements Update {}

  /** The operation's word, as the command line and the scenario files write it. */
  default String verb() {
    if (this instanceof SetValue || this instanceof SetLarge) {
      return "set";
    } else if (this instanceof PutEpoch
        || this instanceof PutField
        || this instanceof PutLargeField) {
      return "put";
    } else if (this instanceof UpdateField) {
      return "update";
    }
    return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
