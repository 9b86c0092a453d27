package io.dhara.flink.testkit;

import java.io.File;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.PackagedProgramUtils;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/**
 * A cluster that knows nothing but Flink, given the job's jar. Arguments: jar, then the job's own.
 */
public final class PackagedJob {
    private PackagedJob() {}

    public static void main(String[] args) throws Exception {
        JobProcess.endWithParent();
        Configuration conf = new Configuration();
        conf.set(RestOptions.BIND_PORT, "0");
        conf.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        conf.setString("pipeline.auto-generate-uids", "false");
        conf.setString("pipeline.generic-types", "false");
        conf.setString("execution.checkpointing.interval", "300 ms");
        conf.setString("taskmanager.memory.managed.size", "8m");
        MiniCluster cluster =
                new MiniCluster(
                        new MiniClusterConfiguration.Builder()
                                .setConfiguration(conf)
                                .setNumSlotsPerTaskManager(1)
                                .build());
        cluster.start();
        String[] jobArgs = java.util.Arrays.copyOfRange(args, 1, args.length);
        try (PackagedProgram program =
                PackagedProgram.newBuilder()
                        .setJarFile(new File(args[0]))
                        .setArguments(jobArgs)
                        .setConfiguration(conf)
                        .build()) {
            JobGraph graph = PackagedProgramUtils.createJobGraph(program, conf, 1, false);
            cluster.submitJob(graph).get();
            System.out.println(JobProcess.READY);
            System.out.flush();
            cluster.requestJobResult(graph.getJobID()).get();
        }
    }
}
