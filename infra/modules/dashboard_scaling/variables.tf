variable "cluster_name" {
  description = "Where the service runs."
  type        = string
}

variable "service_name" {
  description = "The service."
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

variable "cpu_percent" {
  description = "Average processor use that is aimed at."
  type        = number
}

variable "memory_percent" {
  description = "Average memory use that is aimed at."
  type        = number
}
