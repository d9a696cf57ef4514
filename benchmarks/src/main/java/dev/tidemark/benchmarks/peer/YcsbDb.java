package dev.tidemark.benchmarks.peer;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.Vector;
import org.jspecify.annotations.Nullable;
import site.ycsb.ByteIterator;
import site.ycsb.DB;
import site.ycsb.Status;

/** What workloads A, B, C, D and F ask of a database. */
abstract class YcsbDb extends DB {
  @Override
  public final Status insert(String table, String key, Map<String, ByteIterator> values) {
    return update(table, key, values);
  }

  @Override
  public final Status delete(String table, String key) {
    return Status.NOT_IMPLEMENTED;
  }

  @Override
  @SuppressWarnings("JdkObsolete")
  public final Status scan(
      String table,
      String start,
      int count,
      @Nullable Set<String> fields,
      Vector<HashMap<String, ByteIterator>> result) {
    return Status.NOT_IMPLEMENTED;
  }
}
