package dev.tidemark.storage.fault;

import java.io.IOException;

/** Is told of every call to a disk, of one at a time. */
public interface Watcher {
  /** The call is about to be made; an exception makes it fail. */
  default void before(Call call) throws IOException {}

  /** How many of a write's bytes the disk takes. */
  default int taken(Call call, int bytes) {
    return bytes;
  }

  /** The call was made. */
  default void after(Call call) throws IOException {}

  /** The call has failed. */
  default void failed(Call call) throws IOException {}
}
