package dev.tidemark.benchmarks.question;

import dev.tidemark.Handles;
import dev.tidemark.engine.codec.Codec;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.type.GSet;
import dev.tidemark.type.LwwMap;
import dev.tidemark.type.OrSet;

/** The kinds of keys that grow, with their words for writing one cell and looking at one. */
enum GrowingKind {
  OR_SET(Strategy.OR_SET, "add", "contains") {
    @Override
    Cells of(Handles store, String key) {
      OrSet<String> set = store.orSet(key, Codec.utf8());
      return new Cells() {
        @Override
        public void write(String element) {
          set.add(element);
        }

        @Override
        public boolean contains(String element) {
          return set.contains(element);
        }
      };
    }
  },
  G_SET(Strategy.G_SET, "add", "contains") {
    @Override
    Cells of(Handles store, String key) {
      GSet<String> set = store.gSet(key, Codec.utf8());
      return new Cells() {
        @Override
        public void write(String element) {
          set.add(element);
        }

        @Override
        public boolean contains(String element) {
          return set.contains(element);
        }
      };
    }
  },
  LWW_MAP(Strategy.LWW_MAP, "put", "get") {
    @Override
    Cells of(Handles store, String key) {
      LwwMap<String, String> map = store.lwwMap(key, Codec.utf8(), Codec.utf8());
      return new Cells() {
        @Override
        public void write(String element) {
          map.put(element, "value");
        }

        @Override
        public boolean contains(String element) {
          return map.get(element).isPresent();
        }
      };
    }
  };

  private final Strategy strategy;
  private final String write;
  private final String read;

  GrowingKind(Strategy strategy, String write, String read) {
    this.strategy = strategy;
    this.write = write;
    this.read = read;
  }

  Strategy strategy() {
    return strategy;
  }

  String write() {
    return write;
  }

  String read() {
    return read;
  }

  abstract Cells of(Handles store, String key);

  /** A key's cells. */
  interface Cells {
    void write(String element);

    boolean contains(String element);
  }
}
