package dev.tidemark.tools.command;

import dev.tidemark.engine.schema.Namespace;
import dev.tidemark.engine.schema.Schema;
import dev.tidemark.engine.strategy.Strategy;
import dev.tidemark.error.Problem;
import dev.tidemark.error.SchemaMismatchException;
import dev.tidemark.storage.core.PinnedScan;
import dev.tidemark.storage.inspect.Inspection;
import java.util.List;

/** Prefixes and strategies as they are typed: {@code cart:=or-set}. */
final class SchemaWords {
  private SchemaWords() {}

  static Schema parse(List<String> words) {
    Schema schema = Schema.empty();
    for (String word : words) {
      // The last one, since a prefix may hold the sign and a strategy never does.
      int sign = word.lastIndexOf('=');
      if (sign < 0) {
        throw Problem.of("not a prefix with its strategy")
            .with("schema", word)
            .advise("write it as PREFIX=STRATEGY, for example cart:=or-set")
            .illegalArgument();
      }
      schema = schema.and(word.substring(0, sign), Strategy.ofId(word.substring(sign + 1)));
    }
    return schema;
  }

  /**
   * The schema of a store with what is asked for besides.
   *
   * @param words what was asked for: a schema alone does not tell whether its default was meant
   */
  static Schema grow(Inspection store, Schema asked, List<String> words) {
    Schema grown = store.schema().withoutSystem();
    boolean saysDefault =
        words.stream().anyMatch(word -> word.startsWith("=") && word.lastIndexOf('=') == 0);
    for (Namespace namespace : asked.namespaces()) {
      Namespace held = store.schema().withPrefix(namespace.prefix());
      if (held == null) {
        requireNoKeys(store, namespace);
        grown = grown.and(namespace.prefix().toUtf8(), namespace.strategy());
      } else if (held.strategy() != namespace.strategy()
          && (saysDefault || namespace.prefix().length() > 0)) {
        throw new SchemaMismatchException(
            Problem.of("prefix is stored under another strategy")
                .with("prefix", namespace.prefix())
                .with("stored", held.strategy())
                .with("asked", namespace.strategy())
                .advise("leave --schema out, or use another prefix"));
      }
    }
    return grown;
  }

  private static void requireNoKeys(Inspection store, Namespace added) {
    try (PinnedScan scan = store.scan(added.prefix().toUtf8())) {
      PinnedScan.Found first = scan.next();
      if (first != null) {
        throw new SchemaMismatchException(
            Problem.of("new prefix would shadow stored keys")
                .with("prefix", added.prefix())
                .with("first key", first.key())
                .advise("use a prefix that no stored key begins with"));
      }
    }
  }
}
