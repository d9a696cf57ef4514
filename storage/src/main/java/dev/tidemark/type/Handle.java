package dev.tidemark.type;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.lattice.CellRange;
import dev.tidemark.engine.lattice.Lattice;
import dev.tidemark.engine.operation.Value;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;

/** What all handles share: a key that has the right strategy. */
abstract class Handle {
  private static final CellRange NO_CELLS = new CellRange(Bytes.EMPTY, Bytes.EMPTY);

  final KeyAccess access;
  final Lattice lattice;

  Handle(KeyAccess access, Strategy wanted) {
    if (access.strategy() != wanted) {
      throw Problem.of("key has another strategy")
          .with("strategy", access.strategy())
          .with("wanted", wanted)
          .advise("use the handle of its strategy, or a key under a prefix with the wanted one")
          .illegalArgument();
    }
    this.access = access;
    this.lattice = wanted.lattice();
  }

  /** The value of a key that is all head. */
  final <T extends Value> T value(Class<T> kind) {
    return kind.cast(access.read(NO_CELLS, lattice::value));
  }

  static <T> Bytes encode(Codec<T> codec, T value) {
    return Bytes.wrap(codec.encode(value));
  }
}
