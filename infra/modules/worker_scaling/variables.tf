variable "cluster_name" {
  description = "Where the service runs."
  type        = string
}

variable "service_name" {
  description = "The service."
  type        = string
}

variable "queue_name" {
  description = "The queue that its tasks empty."
  type        = string
}

variable "min_tasks" {
  description = "Tasks that run always."
  type        = number
}

variable "max_tasks" {
  description = "The most tasks that run."
  type        = number
}

variable "backlog_per_task" {
  description = "Waiting messages for each running task that are aimed at."
  type        = number
}

variable "oldest_seconds" {
  description = "Age of the oldest message from which more tasks are started, whatever the backlog."
  type        = number
}
