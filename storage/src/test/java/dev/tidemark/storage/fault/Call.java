package dev.tidemark.storage.fault;

import java.nio.file.Path;

/**
 * One call that a store makes to its disk.
 *
 * @param kind what it asks for
 * @param path the file or directory it is about; the new name of a move
 * @param from the old name of a move, otherwise the path
 */
public record Call(Kind kind, Path path, Path from) {
  /** What can be asked of a disk. */
  public enum Kind {
    /** A file is opened to be written, or a directory to be forced. */
    OPEN,
    /** Bytes are written through a channel. */
    WRITE,
    /** A file is cut. */
    TRUNCATE,
    /** A file or a directory is forced. */
    FORCE,
    /** A directory is made. */
    MAKE_DIRECTORY,
    /** A file takes another's name. */
    MOVE,
    /** A file is deleted. */
    DELETE
  }

  Call(Kind kind, Path path) {
    this(kind, path, path);
  }
}
