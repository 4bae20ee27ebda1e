locals {

  # Title, statistic and metrics of each graph: namespace, metric, then dimensions by name and value.
  graphs = [
    {
      title   = "Messages waiting"
      stat    = "Maximum"
      metrics = [for queue in concat(values(var.queue_names), [var.dead_letter_queue_name]) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]]
    },
    {
      title   = "Oldest message (s)"
      stat    = "Maximum"
      metrics = [for queue in values(var.queue_names) : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queue]]
    },
    {
      title   = "Tasks running"
      stat    = "Average"
      metrics = [for service in values(var.service_names) : ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName", var.cluster_name, "ServiceName", service]]
    },
    {
      title   = "Errors of workers"
      stat    = "Sum"
      metrics = concat([[var.namespace, "WorkerErrors"]], [for name in values(var.function_names) : ["AWS/Lambda", "Errors", "FunctionName", name]])
    },
    {
      title   = "Rows checked in a minute"
      stat    = "Sum"
      metrics = [[var.namespace, "Rows"]]
    },
    {
      title   = "Files wait for a worker (s), 95 of 100"
      stat    = "p95"
      metrics = [[var.namespace, "JobWaitSeconds"]]
    },
    {
      title   = "CPU of tasks (%)"
      stat    = "Average"
      metrics = [for service in values(var.service_names) : ["AWS/ECS", "CPUUtilization", "ClusterName", var.cluster_name, "ServiceName", service]]
    },
    {
      title   = "Memory of tasks (%)"
      stat    = "Average"
      metrics = [for service in values(var.service_names) : ["AWS/ECS", "MemoryUtilization", "ClusterName", var.cluster_name, "ServiceName", service]]
    },
    {
      title   = "Requests and errors"
      stat    = "Sum"
      metrics = [for metric in ["RequestCount", "HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count"] : ["AWS/ApplicationELB", metric, "LoadBalancer", var.load_balancer.dimension]]
    },
    {
      title   = "Time to answer (s), 95 of 100"
      stat    = "p95"
      metrics = [["AWS/ApplicationELB", "TargetResponseTime", "LoadBalancer", var.load_balancer.dimension]]
    },
    {
      title   = "Database: connections"
      stat    = "Maximum"
      metrics = [["AWS/RDS", "DatabaseConnections", "DBInstanceIdentifier", var.database_identifier]]
    },
    {
      title   = "Database: CPU (%)"
      stat    = "Average"
      metrics = [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", var.database_identifier]]
    },
    {
      title   = "Database: free storage (bytes)"
      stat    = "Minimum"
      metrics = [["AWS/RDS", "FreeStorageSpace", "DBInstanceIdentifier", var.database_identifier]]
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name

  dashboard_body = jsonencode({
    widgets = [
      for at, graph in local.graphs : {
        type   = "metric"
        x      = at % 2 * 12
        y      = floor(at / 2) * 6
        width  = 12
        height = 6
        properties = {
          title   = graph.title
          stat    = graph.stat
          metrics = graph.metrics
          period  = 60
          region  = data.aws_region.current.name
        }
      }
    ]
  })
}
