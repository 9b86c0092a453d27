package io.dhara.realtime.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.assigners.FileSplitAssigner;

/** Gives out files in the order of their paths. For one thread, as Flink's enumerator is. */
final class FilesInOrder implements FileSplitAssigner {
    private final PriorityQueue<FileSourceSplit> left =
            new PriorityQueue<>(
                    Comparator.comparing((FileSourceSplit split) -> split.path().toString()));

    FilesInOrder(Collection<FileSourceSplit> splits) {
        left.addAll(splits);
    }

    @Override
    public Optional<FileSourceSplit> getNext(String host) {
        return Optional.ofNullable(left.poll());
    }

    @Override
    public void addSplits(Collection<FileSourceSplit> splits) {
        left.addAll(splits);
    }

    @Override
    public Collection<FileSourceSplit> remainingSplits() {
        return List.copyOf(left);
    }
}
