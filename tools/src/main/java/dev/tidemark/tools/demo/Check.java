package dev.tidemark.tools.demo;

import java.util.List;

/**
 * Something that was compared.
 *
 * @param what the row's name
 * @param right how many are as they should be
 * @param of how many there are
 * @param remark the rest of the row
 * @param differences the first of those that are not
 */
record Check(String what, long right, long of, String remark, List<String> differences) {
  boolean passed() {
    return right == of && differences.isEmpty();
  }
}
