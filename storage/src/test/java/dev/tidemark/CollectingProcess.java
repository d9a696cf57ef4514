package dev.tidemark;

import dev.tidemark.engine.codec.Bytes;
import dev.tidemark.engine.operation.Update;
import dev.tidemark.storage.Options;
import java.nio.file.Path;

/** A cluster of one, which removes all that it wrote but for some, and forgets that. */
final class CollectingProcess {
  static final int ITEMS = 60;
  static final Options OPTIONS = QuietOptions.defaults();

  private CollectingProcess() {}

  static boolean isKept(int item) {
    return item % 10 == 0;
  }

  static String key(String prefix, int item) {
    return prefix + item % 7;
  }

  static Bytes name(int item) {
    return Bytes.utf8("e" + item);
  }

  /** Arguments: the directory. */
  public static void main(String[] arguments) {
    try (Tidemark store = Tidemark.open(Path.of(arguments[0]), CollectionTest.SCHEMA, OPTIONS)) {
      if (!store.members().report().isFounded()) {
        store.members().found();
        for (int i = 0; i < ITEMS; i++) {
          write(store, i);
        }
      }
      store.sync();
      store.members().acknowledge();
      store.collect();
      store.flush();
    }
  }

  private static void write(Tidemark store, int item) {
    store.commit(
        batch -> {
          batch.update(key("set:", item), new Update.Add(name(item)));
          batch.update(key("map:", item), new Update.PutField(name(item), name(item)));
          batch.update("reg:" + item, new Update.SetValue(name(item)));
        });
    if (!isKept(item)) {
      store.commit(
          batch -> {
            batch.update(key("set:", item), new Update.Remove(name(item)));
            batch.update(key("map:", item), new Update.Remove(name(item)));
            batch.update("reg:" + item, new Update.Delete());
          });
    }
  }
}
