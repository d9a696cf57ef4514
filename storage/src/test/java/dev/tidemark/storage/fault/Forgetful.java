package dev.tidemark.storage.fault;

import java.io.IOException;
import java.nio.file.Path;

/** A file or directory as far as a disk has it, whatever names it has or had. */
interface Forgetful {
  /** It is found at another path from now on. */
  void moved(Path path);

  /** It is about to lose its last name. */
  void gone() throws IOException;

  /** Whether the disk has all of it. */
  boolean isSaved() throws IOException;

  /** Builds what may be found of it after a power loss now, at a path that is free. */
  void build(Path target, Chance chance) throws IOException;
}
