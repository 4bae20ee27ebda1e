variable "name" {
  description = "Name of the load balancer and prefix of what belongs to it, of at most 26 characters."
  type        = string

  validation {
    condition     = length(var.name) <= 26
    error_message = "A load balancer's name has at most 32 characters; leave room for what is put after it."
  }
}

variable "vpc_id" {
  description = "The network."
  type        = string
}

variable "subnet_ids" {
  description = "Public subnets in two zones."
  type        = list(string)
}

variable "security_group_id" {
  description = "Security group of the load balancer."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of the dashboard's domain in ACM."
  type        = string
}

variable "target_port" {
  description = "Port at which the dashboard's tasks listen."
  type        = number
}

variable "idle_timeout_seconds" {
  description = "How long a connection may be silent. An open page holds a WebSocket."
  type        = number
}

variable "stickiness_seconds" {
  description = "How long a browser stays with its task: a page's state is in the task's memory."
  type        = number
}

variable "drain_seconds" {
  description = "How long a task that goes keeps its connections."
  type        = number
}

variable "access_log" {
  description = "Bucket for the access log; null: none is kept."
  type        = object({ bucket_name = string })
}

variable "deletion_protection" {
  description = "Refuse to delete the load balancer."
  type        = bool
}
